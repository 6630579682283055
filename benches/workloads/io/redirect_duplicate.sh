# Descriptors duplicated: to standard error, a log kept open, a group.
exec 3>"$TMPDIR/log"
i=0
while [ $i -lt 8000 ]; do
    echo "$i" >&3
    echo warning 2>/dev/null >&2
    { echo "a $i"; echo "b $i"; } >&3 2>&1
    i=$((i + 1))
done
exec 3>&-
tail -n 1 "$TMPDIR/log"
