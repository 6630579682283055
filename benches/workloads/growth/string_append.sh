# A string that grows by one character.
# sizes: 10000 30000 100000 1000000
# reference: 100000
# expect: N
n=$1 s=
for ((i = 0; i < n; i++)); do s+=x; done
echo ${#s}
