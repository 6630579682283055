# A redirection in each turn: to a file, from a file, to nowhere.
i=0
echo 42 >"$TMPDIR/in"
while [ $i -lt 6000 ]; do
    echo "$i" >>"$TMPDIR/log"
    read answer <"$TMPDIR/in"
    echo quiet >/dev/null
    i=$((i + 1))
done
tail -n 1 "$TMPDIR/log"
echo $answer
