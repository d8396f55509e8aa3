// Checks checkpoints, inclusion proofs and tiles with Go's own golang.org/x/mod/sumdb, which was not written for this log.
// Jobs come as JSON lines; for each a line comes back, "ok" or what is wrong.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type job struct {
	// The log's Ed25519 key, as a vkey.
	Key string `json:"key"`
	// A signed checkpoint, and where given an earlier one of the same log.
	Note    string `json:"note"`
	Earlier string `json:"earlier"`
	Leaves  []leaf `json:"leaves"`
	// Tiles by their C2SP path, where proofs are to be made of them.
	Tiles map[string][]byte `json:"tiles"`
}

type leaf struct {
	Data  []byte `json:"data"`
	Index int64  `json:"index"`
	// Absent where the proof is to be made of tiles.
	Path [][]byte `json:"path"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := check(line); err != nil {
				fmt.Println(err)
			} else {
				fmt.Println("ok")
			}
		}
		if err != nil {
			return
		}
	}
}

func check(line []byte) error {
	var j job
	if err := json.Unmarshal(line, &j); err != nil {
		return err
	}
	tree, err := open(j.Note, j.Key)
	if err != nil {
		return err
	}
	for _, l := range j.Leaves {
		if l.Path == nil {
			continue
		}
		proof := tlog.RecordProof{}
		for _, hash := range l.Path {
			proof = append(proof, hashOf(hash))
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, l.Index, tlog.RecordHash(l.Data)); err != nil {
			return err
		}
	}
	if j.Tiles == nil {
		return nil
	}
	// It gives nothing that does not lead to the checkpoint's root.
	hashes := tlog.TileHashReader(tree, tiles(j.Tiles))
	for _, l := range j.Leaves {
		proof, err := tlog.ProveRecord(tree.N, l.Index, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, l.Index, tlog.RecordHash(l.Data)); err != nil {
			return err
		}
	}
	earlier, err := open(j.Earlier, j.Key)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, earlier.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
}

// open verifies a checkpoint by the log's key. tlog.ParseTree reads the first line of Go's own database alone.
func open(signed, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hashOf(data []byte) (hash tlog.Hash) {
	copy(hash[:], data)
	return hash
}

type tiles map[string][]byte

func (tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		// C2SP leaves out the height, which is always 8.
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		hashes, ok := t[path]
		if !ok {
			return nil, fmt.Errorf("no tile %s", path)
		}
		data = append(data, hashes)
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
