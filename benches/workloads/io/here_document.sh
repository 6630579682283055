# Here-documents read by builtins.
i=0 n=0
while [ $i -lt 6000 ]; do
    while read -r a b; do n=$((n + b)); done <<END
first $i
second $((i * 2))
END
    i=$((i + 1))
done
echo $n
