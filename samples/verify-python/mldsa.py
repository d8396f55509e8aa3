"""ML-DSA-44, verification alone (FIPS 204), for Pythons whose cryptography has none."""

import hashlib

Q, N, K, L = 8380417, 256, 4, 4
DROPPED_BITS = 13
TAU, OMEGA, BETA = 39, 80, 78
GAMMA1, GAMMA2 = 1 << 17, (Q - 1) // 88
SEED, HASH = 32, 32
PUBLIC_KEY_BYTES, SIGNATURE_BYTES = 1312, 2420
Z_BYTES = 576


def _reversed_bits(value):
    return int(f"{value:08b}"[::-1], 2)


ZETAS = [pow(1753, _reversed_bits(i), Q) for i in range(N)]


def _ntt(polynomial):
    """Algorithm 41."""
    w, place, length = list(polynomial), 0, 128
    while length:
        for start in range(0, N, 2 * length):
            place += 1
            zeta = ZETAS[place]
            for j in range(start, start + length):
                t = zeta * w[j + length] % Q
                w[j + length] = w[j] - t
                w[j] += t
        length //= 2
    return [c % Q for c in w]


def _inverse_ntt(polynomial):
    """Algorithm 42."""
    w, place, length = list(polynomial), N, 1
    while length < N:
        for start in range(0, N, 2 * length):
            place -= 1
            zeta = Q - ZETAS[place]
            for j in range(start, start + length):
                t = w[j]
                w[j] = (t + w[j + length]) % Q
                w[j + length] = zeta * (t - w[j + length]) % Q
        length *= 2
    return [8347681 * c % Q for c in w]


def _unpack(data, bits):
    """SimpleBitUnpack: numbers of so many bits, the lowest first."""
    whole = int.from_bytes(data, "little")
    mask = (1 << bits) - 1
    return [(whole >> (bits * i)) & mask for i in range(N)]


def _expand(rho):
    """Algorithm 32: the matrix, in NTT form."""

    def polynomial(r, s):
        stream = hashlib.shake_128(rho + bytes([s, r])).digest(3 * 400)
        found = []
        for i in range(0, len(stream), 3):
            value = stream[i] | stream[i + 1] << 8 | (stream[i + 2] & 0x7F) << 16
            if value < Q:
                found.append(value)
        return found[:N]

    return [[polynomial(r, s) for s in range(L)] for r in range(K)]


def _sample_in_ball(seed):
    """Algorithm 29."""
    stream = hashlib.shake_256(seed).digest(1024)
    signs, at = int.from_bytes(stream[:8], "little"), 8
    c = [0] * N
    for i in range(N - TAU, N):
        while stream[at] > i:
            at += 1
        j = stream[at]
        at += 1
        c[i] = c[j]
        c[j] = -1 if (signs >> (i + TAU - N)) & 1 else 1
    return c


def _hints(data):
    """Algorithm 21; None where they are not written in the one way that there is."""
    hints, index = [[0] * N for _ in range(K)], 0
    for i in range(K):
        end = data[OMEGA + i]
        if end < index or end > OMEGA:
            return None
        first = index
        while index < end:
            if index > first and data[index - 1] >= data[index]:
                return None
            hints[i][data[index]] = 1
            index += 1
    return None if any(data[index:OMEGA]) else hints


def _use_hint(hint, r):
    """Algorithms 36 and 40."""
    r0 = r % (2 * GAMMA2)
    if r0 > GAMMA2:
        r0 -= 2 * GAMMA2
    if r - r0 == Q - 1:
        r1, r0 = 0, r0 - 1
    else:
        r1 = (r - r0) // (2 * GAMMA2)
    if not hint:
        return r1
    return (r1 + 1) % 44 if r0 > 0 else (r1 - 1) % 44


def verify(public_key, message, signature):
    """Whether the signature of a message, with an empty context, is by this key (algorithms 3 and 8)."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    rho, seed = public_key[:SEED], signature[:HASH]
    t1 = [_unpack(public_key[SEED + 320 * i : SEED + 320 * (i + 1)], 10) for i in range(K)]
    z = [
        [GAMMA1 - c for c in _unpack(signature[HASH + Z_BYTES * i : HASH + Z_BYTES * (i + 1)], 18)]
        for i in range(L)
    ]
    hints = _hints(signature[HASH + Z_BYTES * L :])
    if hints is None or any(abs(c) >= GAMMA1 - BETA for polynomial in z for c in polynomial):
        return False
    mu = hashlib.shake_256(hashlib.shake_256(public_key).digest(64) + b"\0\0" + message).digest(64)
    matrix, c, z = _expand(rho), _ntt(_sample_in_ball(seed)), [_ntt(polynomial) for polynomial in z]
    encoded = bytearray()
    for i in range(K):
        t = _ntt([value << DROPPED_BITS for value in t1[i]])
        w = [(sum(matrix[i][j][n] * z[j][n] for j in range(L)) - c[n] * t[n]) % Q for n in range(N)]
        high = [_use_hint(hint, value) for hint, value in zip(hints[i], _inverse_ntt(w))]
        encoded += sum(value << (6 * n) for n, value in enumerate(high)).to_bytes(192, "little")
    return hashlib.shake_256(mu + bytes(encoded)).digest(HASH) == seed
