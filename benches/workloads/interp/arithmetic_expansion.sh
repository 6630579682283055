# A while loop as POSIX has it: [ ] and $(( )).
i=0 sum=0
while [ $i -lt 40000 ]; do
    sum=$((sum + i * 3 % 7))
    i=$((i + 1))
done
echo $sum
