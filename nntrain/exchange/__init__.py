"""Networks in files of other programs: ONNX, safetensors, npz, the book's JSON."""
