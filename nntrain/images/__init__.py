"""Picture files -> images in MNIST's form."""
