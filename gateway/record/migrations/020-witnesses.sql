-- What a witness has cosigned last.
create index cosignature_of_witness on cosignature (witness, size);

-- What a monitor is shown of the log: the leaves that are no receipts, in their order (protocol section 10).
create index leaf_for_monitors on leaf (index) where typ <> 'delivery-receipt+jws';
