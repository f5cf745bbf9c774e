"""Public keys for tests, as `ssh-keygen` wrote them, with the fingerprints that it showed."""

SSH_KEYS = {
    (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnHig0HkNZEWNft8zQwHGDbtmIAhryApDy+IjJlhF0z me@example.com"
    ): "SHA256:1T5g1su7yWuCFiTAgPCKdWDyPrNfUzEXvlcMQ3E6uYU",
    (
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDTj4xr9YEio4C80g3nilpe1i/jqcyakngLpA5VFp4P2hjBVl4dpMHS"
        "fFdHF7rX2IWKThh5JyhI9SxvYLp1zt60f9ZDAXTEZvRsTL435PzAFrwKKSZCGbg1vkj+T1tJ289LovQy8zhB32qy1MaR"
        "xW3rvUewb/cOnJ8J3M+jZW128ZG/sE4dEU+23aaxaeZE1fiwRUDqWncNQlNigZPyIze6Cn9B7O4w4EzWzJ7zPMaSgVQM"
        "Fj3IBbl2rIgeabYfgBSy1SCkX2Gae4LJbtnO3rLcSAUTDbqQ8fo7LyOpmZvlmRoRSlptWobBQOeP/+mmt9EmLy8RuLAO"
        "AdVbTwaHeVW1 me@example.com"
    ): "SHA256:A4PpGIVtHhXmOBQ7/IJd4+MLgg+naAXlg9F4fVMFlW4",
    (
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHcQbpjutgjDtKKNWmC+"
        "+gMncs5q3zK7AgjZI5r40g5/q63djYtm61VZINMVSgtkMhS5aTP+4nFopTIb0lEvyxo= me@example.com"
    ): "SHA256:mmcRFZ0SH/kp3qYyLs7+DjkZKnBdX01hkz+7R23aXaM",
    (
        "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBKy15x3E30lal5MeKDy5"
        "LUhTunDi1dMIb+RFx0jbpnvz0KI2bTs6vFCWPDDXUauTW0In2jaiz+xB3VgVe8kkTPOTglo0Vg1E+0SCLEJKFbu7V1cA"
        "/hblR3D1TQMyDVICDg== me@example.com"
    ): "SHA256:xTCM0861rJ33f2Jgfavg14Kpo+uwODd8ETME0EorQeU",
    (
        "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAE4PKBdTA0LnpsyttKO"
        "EcTEohSCChCu6fQCxQ4oB0MqGnJTCEyQClZEZOqzcCNQvOr2+gnaJJ61cJsONlNEueVGmwHqdxni+y2hRr9lss+8Nqcm"
        "KhVc1nHt/zknK+gnpGOyb+fw5gz9T8Ha42PwwAHbRZvvIVyi4sFyIXgc8kKqUSNQsQ== me@example.com"
    ): "SHA256:fB13BQDABLr+sncoPV062t5ug9F3PPlKpMXKjL/HAtU",
}
"""Key by fingerprint, one of each kind."""

KEY, OTHER_KEY = list(SSH_KEYS)[:2]
SHORT_RSA = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDGGyb6CVqZfwpir1bY3eQH5RhSSlG6mtvznV/LBq5hr9fIH2CAjvt6"
    "7sGnNapr1/BEi81b1O0BOVoeKzmwVVZVfol7MudhcomMb/L0qb4whldZob5sy9VA+GPiSoF57wTfvqimJcetc8c9ld8J"
    "jeooRi3lJHkN26x19cuUdNvnwQ== me@example.com"
)
