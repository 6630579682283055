# A pipeline of many stages.
# sizes: 25 50 100 200
n=$1 text='echo start' i=0
pass() { while read -r line; do echo "$line."; done; }
while [ $i -lt $n ]; do
    text="$text | pass"
    i=$((i + 1))
done
eval "$text"
