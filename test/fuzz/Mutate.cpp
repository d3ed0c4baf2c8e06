// Runs a fuzz target without libFuzzer: the files of a corpus as they are, then mutations of them, the same ones in
// each run.
//
// In: `[--inputs N] [--seed S] [--suffix .heed]… [--most BYTES] [--each] FILE|FOLDER…`; folders are searched, files
// larger than BYTES left out. `--each`: instead of mutations, every file up to each of its tokens, and without each.
// Out: how many inputs were run and how long the slowest took; exit status 0. An input that crashes the target, or
// keeps it busy for longer than `kPatience`, is left as `PROGRAM.crash` in the working directory, and the exit status
// is not 0.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

namespace {
using Clock = std::chrono::steady_clock;

constexpr unsigned kPatience = 20; // seconds for one input, on a busy machine

struct Options {
  uint64_t inputs = 2000, seed = 1, most = 1 << 16;
  bool each = false;
  std::vector<std::string> suffixes;
  std::vector<std::filesystem::path> corpus;
};

[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "fuzz: %s\n", message.c_str());
  std::exit(2);
}

uint64_t number(std::string_view flag, const char *text) {
  char *end = nullptr;
  uint64_t value = text ? std::strtoull(text, &end, 10) : 0;
  if (!text || end == text || *end)
    fail(std::string(flag) + " takes a number");
  return value;
}

Options optionsOf(char **arguments) {
  Options options;
  for (; *arguments; ++arguments) {
    std::string_view argument = *arguments;
    if (argument == "--inputs")
      options.inputs = number(argument, *++arguments);
    else if (argument == "--seed")
      options.seed = number(argument, *++arguments);
    else if (argument == "--most")
      options.most = number(argument, *++arguments);
    else if (argument == "--each")
      options.each = true;
    else if (argument == "--suffix" && arguments[1])
      options.suffixes.push_back(*++arguments);
    else
      options.corpus.emplace_back(argument);
  }
  return options;
}

std::string read(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    fail(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The files of a folder in order of their paths, so that each run is the same; a file stands for itself.
void collect(const std::filesystem::path &path, const Options &options, std::vector<std::string> &texts) {
  if (!std::filesystem::is_directory(path))
    return texts.push_back(read(path));
  std::vector<std::filesystem::path> found;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(path)) {
    std::string name = entry.path().string();
    auto fits = [&](const std::string &suffix) { return name.ends_with(suffix); };
    bool wanted = options.suffixes.empty() || std::any_of(options.suffixes.begin(), options.suffixes.end(), fits);
    if (wanted && entry.is_regular_file() && entry.file_size() <= options.most)
      found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  for (const auto &file : found)
    texts.push_back(read(file));
}

/// Writes inputs that lie a few edits beside those of a corpus.
class Mutator {
public:
  Mutator(const std::vector<std::string> &corpus, uint64_t seed) : corpus(corpus), random(seed) {}

  std::string next() {
    std::string text = any();
    for (uint64_t edits = 1 + below(6); edits > 0; --edits)
      edit(text);
    return text;
  }

private:
  uint64_t below(uint64_t end) { return end ? random() % end : 0; }
  const std::string &any() { return corpus[below(corpus.size())]; }

  /// Mostly short, now and then as long as the text.
  std::string_view span(std::string_view text) {
    size_t begin = below(text.size() + 1);
    size_t length = below(8) ? below(24) : below(text.size() + 1);
    return text.substr(begin, length);
  }

  void edit(std::string &text) {
    size_t at = below(text.size() + 1);
    switch (below(10)) {
    case 0: // a bit
      if (at < text.size())
        text[at] ^= 1 << below(8);
      return;
    case 1: // any byte
      text.insert(at, 1, static_cast<char>(below(256)));
      return;
    case 2:
      text.erase(at, span(text).size());
      return;
    case 3:
      text.insert(at, std::string(span(text)));
      return;
    case 4:
      text.insert(at, std::string(span(any())));
      return;
    case 5: // two files of the corpus become one
      text = text.substr(0, at) + std::string(span(any()));
      return;
    case 6:
      text.resize(at);
      return;
    case 7:
      return repeat(text, at);
    case 8:
      return replaceNumber(text, at);
    default:
      return overwriteWord(text, at);
    }
  }

  void repeat(std::string &text, size_t at) {
    std::string piece(span(text).substr(0, 16));
    for (uint64_t times = 1 + below(64); times > 0; --times)
      text.insert(at, piece);
  }

  /// A number that is spelled out becomes one at the edge of some type.
  void replaceNumber(std::string &text, size_t at) {
    static const char *edges[] = {"0",          "-1",   "1",          "18446744073709551615", "9223372036854775808",
                                  "2147483648", "1e",   "4294967295", "0.00000001",           "1e999",
                                  "00",         "65536"};
    size_t begin = text.find_first_of("0123456789", at);
    if (begin == std::string::npos)
      return;
    size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
    text.replace(begin, end - begin, edges[below(std::size(edges))]);
  }

  /// As the former, for numbers of four or eight bytes.
  void overwriteWord(std::string &text, size_t at) {
    static const uint64_t edges[] = {
        0, 1, ~0ull, 1ull << 63, 1ull << 31, 0xffffffffull, 1ull << 32, 0x7fffffffffffffffull, 255, 1ull << 40};
    size_t width = below(2) ? 8 : 4;
    uint64_t word = edges[below(std::size(edges))] + below(3) - 1;
    if (at + width <= text.size())
      std::memcpy(text.data() + at, &word, width);
  }

  const std::vector<std::string> &corpus;
  std::mt19937_64 random;
};

// What the handler of signals needs, ready before the signal.
std::string crashFile;
const std::string *running = nullptr;

/// Keeps the input that ended the target; only what a handler may call.
void leaveInput(int signal) {
  int file = open(crashFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && running && write(file, running->data(), running->size()) >= 0)
    close(file);
  const char *what = signal == SIGALRM ? "fuzz: the target is still busy with " : "fuzz: the target crashed on ";
  for (std::string_view part : {std::string_view(what), std::string_view(crashFile), std::string_view("\n")})
    if (write(STDERR_FILENO, part.data(), part.size()) < 0)
      break;
  std::signal(signal, SIG_DFL);
  if (signal == SIGALRM)
    _exit(3);
  raise(signal);
}

double run(const std::string &input) {
  running = &input;
  alarm(kPatience);
  auto start = Clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(input.data()), input.size());
  alarm(0);
  return std::chrono::duration<double>(Clock::now() - start).count();
}
/// Words, numbers, and single other characters that are not white space: where each begins and ends.
std::vector<std::pair<size_t, size_t>> tokensOf(const std::string &text) {
  auto isWord = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  std::vector<std::pair<size_t, size_t>> tokens;
  for (size_t at = 0; at < text.size();) {
    size_t begin = at++;
    while (isWord(text[begin]) && at < text.size() && isWord(text[at]))
      ++at;
    if (!std::isspace(static_cast<unsigned char>(text[begin])))
      tokens.push_back({begin, at});
  }
  return tokens;
}

/// Runs the text up to each token, and without each; how many inputs these were.
size_t runEach(const std::string &text, double &slowest) {
  std::vector<std::pair<size_t, size_t>> tokens = tokensOf(text);
  for (auto [begin, end] : tokens) {
    slowest = std::max(slowest, run(text.substr(0, end)));
    slowest = std::max(slowest, run(text.substr(0, begin) + text.substr(end)));
  }
  return 2 * tokens.size();
}
} // namespace

int main(int, char **argv) {
  Options options = optionsOf(argv + 1);
  std::vector<std::string> corpus;
  for (const auto &path : options.corpus)
    collect(path, options, corpus);
  if (corpus.empty())
    fail("there is no corpus");

  crashFile = std::filesystem::path(argv[0]).filename().string() + ".crash";
  for (int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM})
    std::signal(signal, leaveInput);

  double slowest = run("");
  for (const std::string &text : corpus)
    slowest = std::max(slowest, run(text));
  if (options.each) {
    size_t inputs = 0;
    for (const std::string &text : corpus)
      inputs += runEach(text, slowest);
    std::printf("%zu files, %zu prefixes and deletions, none failed; the slowest took %.1f ms\n", corpus.size(), inputs,
                slowest * 1e3);
    return 0;
  }
  Mutator mutator(corpus, options.seed);
  for (uint64_t input = 0; input < options.inputs; ++input)
    slowest = std::max(slowest, run(mutator.next()));
  std::printf("%zu files, %llu mutated inputs, none failed; the slowest took %.1f ms\n", corpus.size(),
              static_cast<unsigned long long>(options.inputs), slowest * 1e3);
}
