# <(…) read by a builtin.
n=0
for ((i = 0; i < 500; i++)); do
    read -r a b < <(echo "$i more")
    n=$((n + a))
done
echo $n $b
