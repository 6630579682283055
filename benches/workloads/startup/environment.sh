# Starting with 3,000 variables in the environment.
# run: -c 'echo "$VARIABLE_17 $VARIABLE_2999"'
# environment: 3000
# repeat: 60
