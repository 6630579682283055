# Every character of a long string, by offset.
# sizes: 2000 4000 8000 50000
# reference: 8000
# expect: N
n=$1 count=0
printf -v s '%*s' $n ''
s=${s// /é}
for ((i = 0; i < n; i++)); do [[ ${s:i:1} == é ]] && ((count++)); done
echo $count
