"""What the tests of pages share."""

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>$_{x"
