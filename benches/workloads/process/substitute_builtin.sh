# $(…) of a builtin.
i=0 n=0
while [ $i -lt 400 ]; do
    x=$(echo "value $i")
    n=$((n + ${#x}))
    i=$((i + 1))
done
echo $n "$x"
