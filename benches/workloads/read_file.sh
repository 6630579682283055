# reading a file line by line
for ((i = 0; i < 50000; i++)); do echo "line $i of the file"; done >"$TMPDIR/lines"
while read -r a b c; do n=$((n + b)); done <"$TMPDIR/lines"
echo "$n"
