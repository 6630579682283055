# Functions with arguments that answer in a variable or by status.
add() { result=$(($1 + $2)); }
is_even() { return $(($1 % 2)); }
i=0 sum=0 even=0
while [ $i -lt 15000 ]; do
    add $sum $i
    sum=$result
    is_even $i && even=$((even + 1))
    i=$((i + 1))
done
echo $sum $even
