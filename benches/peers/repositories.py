"""The repositories that are measured: generated ones, and a copy of a public one where there is a clone of it."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Repository:
    name: str
    folder: Path
    # Its files alone, for peers that would walk into `.git`.
    export: Path
    # The file with a staged line more.
    changed: str = ""
    range: str = ""
    range_commits: int = 0
    # Lists of all objects in the order of the pack, and of all commits, each in two halves.
    halves: list = field(default_factory=list)
    commit_halves: list = field(default_factory=list)
    planted: dict = field(default_factory=dict)
    size: str = ""

    def expected(self, mode):
        """The planted paths that a run in this mode could report."""
        if mode == "range":
            changed = git(self.folder, "log", "-m", "--format=", "--name-only", self.range).splitlines()
            return [path for path in self.planted if path in changed]
        places = {"staged": (), "tree": ("head",)}.get(mode, ("head", "removed", "merge"))
        # The name of a source file says nothing about Claude Code: a scoped search passes it by.
        endings = (".py",) if mode == "scoped" else ()
        return [path for path, place in self.planted.items() if place in places and not path.endswith(endings)]


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def generated(root, kind, count, generate):
    """A repository of `benches/repositories.rs`; what is there already is used again."""
    folder = root / f"{kind}-{count}"
    if not (folder / ".git/keylint-made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        generate(kind, count, folder)
        (folder / ".git/keylint-made").touch()
    return folder


def cloned(root, name, source):
    """A clone of somebody's clone, which stays as it is."""
    folder = root / name.split("/")[-1]
    head = git(source, "rev-parse", "HEAD")
    if not folder.exists() or git(folder, "rev-parse", "HEAD") != head:
        shutil.rmtree(folder, ignore_errors=True)
        git(root, "clone", "--quiet", str(source.resolve()), str(folder))
    return folder


def prepare(name, folder, lists, checked_out):
    """What the rows need to know of a repository. Stages a line more in one file."""
    repository = Repository(name, folder, folder.with_name(f"{folder.name}-files"))
    if checked_out:
        git(folder, "reset", "--quiet", "--hard")
        files = git(folder, "ls-files", "-z").split("\0")[:-1]
        repository.changed = next((name for name in files if name.endswith(".rs")), files[0])
        with open(folder / repository.changed, "a", encoding="utf-8") as file:
            file.write("// one line more\n")
        if not repository.export.exists():
            git(folder, "checkout-index", "--all", f"--prefix={repository.export}/")
        git(folder, "add", "--", repository.changed)
        count = sum((folder / name).stat(follow_symlinks=False).st_size for name in files)
        repository.size = f"{len(files):,} files of {count / 1e6:,.0f} MB, "
    history(repository, lists)
    split(repository, lists)
    planted = folder / ".git/keylint-planted"
    if planted.exists():
        for line in planted.read_text().splitlines():
            place, path = line.split("\t")
            repository.planted[path] = place
    return repository


def history(repository, lists):
    """A range of fifty commits, or of the least more that the branch's own line of commits allows."""
    folder = repository.folder
    line = git(folder, "rev-list", "--first-parent", "--max-count=51", "HEAD").split()
    for since in line[1:]:
        count = int(git(folder, "rev-list", "--count", f"{since}..HEAD"))
        repository.range, repository.range_commits = f"{since}..HEAD", count
        if count >= 50:
            break
    if not repository.range:
        repository.range = "HEAD..HEAD"
    commits = git(folder, "rev-list", "--all").splitlines()
    middle = len(commits) // 2
    repository.commit_halves = write(lists, f"{folder.name}-commits", commits[:middle], commits[middle:])
    repository.size += f"{len(commits):,} commits, "


def split(repository, lists):
    """Halves of equal size, each in the order of the pack: what one delta needs is then read once."""
    listing = git(repository.folder, "cat-file", "--batch-all-objects", "--unordered", "--buffer",
                  "--batch-check=%(objectname) %(objectsize) %(objecttype)")
    objects = [line.split() for line in listing.splitlines()]
    total = sum(int(size) for _, size, _ in objects)
    names, halves, seen = [], [], 0
    for name, size, _ in objects:
        if seen * 2 >= total and not halves:
            halves.append(names)
            names = []
        names.append(name)
        seen += int(size)
    halves.append(names)
    repository.halves = write(lists, f"{repository.folder.name}-objects", *halves)
    blobs = [int(size) for _, size, kind in objects if kind == "blob"]
    repository.size += f"{len(blobs):,} blobs of {sum(blobs) / 1e6:,.0f} MB, {len(objects):,} objects of {total / 1e6:,.0f} MB"


def write(folder, name, *halves):
    paths = [folder / f"{name}-{number}" for number in range(len(halves))]
    for path, lines in zip(paths, halves):
        path.write_text("".join(f"{line}\n" for line in lines))
    return paths
