"""The lecture itself: its claims checked, softmax of a few numbers, the single neuron."""
