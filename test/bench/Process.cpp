// A child process, a folder in /tmp, regular expressions.
#include "Process.h"

#include <fmt/ranges.h>

#include <filesystem>
#include <regex>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace heed::bench {

using runtime::failure;
using runtime::Result;

namespace {

/// Made on first use, removed at the end.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/heed_bench.XXXXXX";
    path = mkdtemp(name) ? name : ".";
  }
  ~Folder() {
    std::error_code ignored;
    if (path != ".")
      std::filesystem::remove_all(path, ignored);
  }
};

} // namespace

std::string temporary(std::string_view name) {
  static Folder folder;
  return fmt::format("{}/{}", folder.path, name);
}

Result<std::string> outputOf(const std::vector<std::string> &command) {
  std::vector<char *> words;
  for (const std::string &word : command)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0)
    return failure("no pipe for {}", command[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  pid_t child;
  int started = posix_spawn(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string text;
  char piece[4096];
  for (ssize_t got; started == 0 && (got = read(ends[0], piece, sizeof piece)) > 0;)
    text.append(piece, size_t(got));
  close(ends[0]);
  int status = 1;
  if (started != 0 || waitpid(child, &status, 0) < 0 || status != 0)
    return failure("{} failed: {}", fmt::join(command, " "), text);
  return text;
}

std::vector<std::vector<std::string>> matchesOf(const char *pattern, const std::string &text) {
  std::regex expression(pattern);
  std::vector<std::vector<std::string>> matches;
  for (std::sregex_iterator found(text.begin(), text.end(), expression), end; found != end; ++found)
    matches.emplace_back(found->begin(), found->end());
  return matches;
}

} // namespace heed::bench
