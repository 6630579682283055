# Many functions, each called.
# sizes: 1000 5000 20000
n=$1 i=0 sum=0
while [ $i -lt $n ]; do
    eval "function_$i() { sum=\$((sum + $i)); }"
    i=$((i + 1))
done
i=0
while [ $i -lt $n ]; do
    function_$i
    i=$((i + 1))
done
echo $sum
