# Elements by number: written, read, counted up.
for ((i = 0; i < 1000; i++)); do counter[i]=0 square[i]=$((i * i)); done
sum=0
for ((i = 0; i < 18000; i++)); do
    k=$((i * 7919 % 1000))
    counter[k]=$((counter[k] + 1))
    sum=$((sum + ${square[k]}))
done
echo $sum ${counter[0]} ${counter[999]} ${#counter[@]}
