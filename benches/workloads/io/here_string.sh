# Here-strings read by builtins.
n=0
for ((i = 0; i < 10000; i++)); do
    read -r a b c <<<"$i and more"
    n=$((n + a))
done
echo $n $b $c
