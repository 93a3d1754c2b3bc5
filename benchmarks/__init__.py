"""Speed against peers and against the matrix products alone; never imported by the package."""
