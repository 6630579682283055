# A pipe, line by line.
head -n 8000 "$INPUT/lines" | {
    n=0
    while IFS= read -r line; do
        n=$((n + 1)) last=$line
    done
    echo $n "$last"
}
