"""pack.py <folder> <archive.zip>: the same folder always gives the same bytes (sorted, times and modes fixed)."""
import sys
import zipfile
from pathlib import Path

folder, archive = Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
        entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
        out.writestr(entry, path.read_bytes(), compresslevel=4)
