class Keylint < Formula
  desc "Keeps the credentials of Claude Code out of git and on the right route"
  homepage "https://github.com/OWNER/keylint"
  version "VERSION"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/OWNER/keylint/releases/download/vVERSION/keylint-VERSION-aarch64-apple-darwin.tar.gz"
      sha256 "SHA256-OF-aarch64-apple-darwin"
    end
    on_intel do
      url "https://github.com/OWNER/keylint/releases/download/vVERSION/keylint-VERSION-x86_64-apple-darwin.tar.gz"
      sha256 "SHA256-OF-x86_64-apple-darwin"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/OWNER/keylint/releases/download/vVERSION/keylint-VERSION-aarch64-unknown-linux-musl.tar.gz"
      sha256 "SHA256-OF-aarch64-unknown-linux-musl"
    end
    on_intel do
      url "https://github.com/OWNER/keylint/releases/download/vVERSION/keylint-VERSION-x86_64-unknown-linux-musl.tar.gz"
      sha256 "SHA256-OF-x86_64-unknown-linux-musl"
    end
  end

  depends_on "git"

  def install
    bin.install "keylint"
    man1.install "keylint.1"
    bash_completion.install "completions/keylint.bash" => "keylint"
    zsh_completion.install "completions/_keylint"
    fish_completion.install "completions/keylint.fish"
  end

  test do
    system "git", "init"
    (testpath/".claude").mkpath
    (testpath/".claude/settings.json").write "{ // dropped\n}\n"
    assert_match "settings-dropped", shell_output("#{bin}/keylint lint .", 1)
  end
end
