# The sieve of Eratosthenes.
limit=20000 count=0
for ((i = 2; i <= limit; i++)); do prime[i]=1; done
for ((i = 2; i * i <= limit; i++)); do
    ((prime[i])) || continue
    for ((j = i * i; j <= limit; j += i)); do prime[j]=0; done
done
for ((i = 2; i <= limit; i++)); do ((count += prime[i])); done
echo $count
