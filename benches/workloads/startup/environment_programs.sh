# Programs that are run with 3,000 variables in the environment, some of them for this command only.
# environment: 3000
i=0
while [ $i -lt 4 ]; do
    export VARIABLE_5=$i
    /usr/bin/printenv VARIABLE_5
    VARIABLE_6=of$i /usr/bin/printenv VARIABLE_6
    i=$((i + 1))
done
