# The same as POSIX has it: s=$s.
# sizes: 3000 10000 30000 100000
# reference: 30000
# expect: N
n=$1 s= i=0
while [ $i -lt $n ]; do
    s=$s.
    i=$((i + 1))
done
echo ${#s}
