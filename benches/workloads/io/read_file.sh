# A file, line by line.
n=0 last=
while IFS= read -r line; do
    n=$((n + 1)) last=$line
done <"$INPUT/lines"
echo $n "$last"
