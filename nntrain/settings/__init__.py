"""One frozen dataclass per kind of work: fields, TOML files, presets, distortion amounts."""
