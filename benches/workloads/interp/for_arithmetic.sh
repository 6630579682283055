# The C-style loop, nested.
sum=0
for ((i = 0; i < 300; i++)); do
    for ((j = 0; j < 250; j++)); do
        sum=$((sum + i * j))
    done
done
echo $sum
