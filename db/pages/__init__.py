"""Lists by keyset, and loads for many parents at once. One module for each noun."""
