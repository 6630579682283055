# Many short lines to a file.
i=0
while [ $i -lt 25000 ]; do
    echo "line $i of the file"
    i=$((i + 1))
done >"$TMPDIR/out"
tail -n 1 "$TMPDIR/out"
