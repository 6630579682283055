# A string that grows by one character.
# sizes: 10000 100000 1000000
n=$1 s=
for ((i = 0; i < n; i++)); do s+=x; done
echo ${#s}
