// Draws reports over the lines they are about. Columns in the text are bytes; what is drawn is aligned by the width of
// characters.
#include "lang/diagnostics/Diagnostics.h"

#include "lang/source/Utf8.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace heed {

namespace {

constexpr unsigned kTab = 4;     // a tab is drawn up to the next multiple
constexpr unsigned kNearby = 3;  // marks this many lines away share an excerpt
constexpr size_t kLongest = 200; // bytes of a line that are shown

enum class Ink { Plain, Error, Second, Frame, Help };

/// A line of the source as it is drawn, and the column at which each of its bytes stands.
class DrawnLine {
public:
  explicit DrawnLine(std::string_view line) {
    unsigned column = 0;
    for (size_t i = 0; i < line.size();) {
      size_t length = characterLength(line.substr(i));
      columns.insert(columns.end(), length, column);
      unsigned char c = static_cast<unsigned char>(line[i]);
      unsigned width = 1;
      if (c == '\t')
        text.append(width = kTab - column % kTab, ' ');
      else if (c < ' ' || c == 0x7F || (c >= 0x80 && length == 1))
        text += "\uFFFD"; // a terminal would obey it
      else {
        width = displayWidth(line.substr(i));
        text += line.substr(i, length);
      }
      column += width;
      i += length;
    }
    columns.push_back(column);
  }

  /// Behind the line one column is a place too.
  unsigned column(size_t byte) const { return columns[std::min(byte, columns.size() - 1)]; }

  std::string text;

private:
  std::vector<unsigned> columns; // of each byte
};

/// One underline: `^^^ label` or `--- label`.
struct Underline {
  unsigned line;
  size_t begin, end; // bytes of the line
  bool main;
  std::string_view label;
};

class Renderer {
public:
  Renderer(const Sources &sources, bool colour) : sources(sources), colour(colour) {}

  void report(const Diagnostic &report) {
    ink(Ink::Error, fmt::format("error[{}]", code(report.kind)));
    out += ": ";
    ink(Ink::Plain, report.message, true);
    out += '\n';

    // Marks close by are drawn in the excerpt; others are notes.
    std::vector<Mark> notes;
    std::vector<Underline> lines{underline(report.range, true, report.label)};
    for (const Mark &mark : report.marks) {
      Underline drawn = underline(mark.range, false, mark.text);
      bool nearby = mark.range.file == report.range.file &&
                    std::max(drawn.line, lines[0].line) - std::min(drawn.line, lines[0].line) <= kNearby;
      if (nearby)
        lines.push_back(drawn);
      else
        notes.push_back(mark);
    }
    notes.insert(notes.end(), report.notes.begin(), report.notes.end());

    unsigned gutter = digits(lines);
    excerpt(report.range, lines, gutter);
    for (const Mark &note : notes) {
      std::vector<Underline> place{underline(note.range, false, "")};
      frame(gutter, "= note: ");
      out += note.text + "\n";
      excerpt(note.range, place, digits(place));
    }
    if (!report.help.empty()) {
      frame(gutter, "= ");
      ink(Ink::Help, "help");
      out += ": " + report.help + "\n";
    }
  }

  std::string out;

private:
  Underline underline(Range range, bool main, std::string_view label) const {
    Position from = sources.position(range.file, range.begin);
    size_t begin = from.column - 1, length = sources.line(range.file, from.line).size();
    size_t end =
        std::min<size_t>(begin + (range.end - range.begin), length); // of several lines the first is underlined
    return {from.line, begin, std::max(end, begin + 1), main, label};
  }

  static unsigned digits(const std::vector<Underline> &lines) {
    unsigned last = 0;
    for (const Underline &line : lines)
      last = std::max(last, line.line);
    return static_cast<unsigned>(std::to_string(last).size());
  }

  /// `  file:line:column`, and the lines with what is drawn below them.
  void excerpt(Range range, std::vector<Underline> &lines, unsigned gutter) {
    if (sources.text(range.file).empty()) { // a file that could not be read has a name only
      out += fmt::format("  {}\n", sources.name(range.file));
      return;
    }
    Position position = sources.position(range.file, range.begin);
    out += fmt::format("  {}:{}:{}\n", sources.name(range.file), position.line, position.column);
    std::map<unsigned, std::vector<Underline>> byLine;
    for (const Underline &line : lines)
      byLine[line.line].push_back(line);
    unsigned before = 0;
    for (auto &[number, drawn] : byLine) {
      if (before && number > before + 1)
        ink(Ink::Frame, "...\n");
      line(range.file, number, drawn, gutter);
      before = number;
    }
  }

  /// An underline as drawn: columns from the bar on.
  struct Drawn {
    unsigned begin, end;
    bool main;
    std::string_view label;
  };

  void line(FileId file, unsigned number, const std::vector<Underline> &marks, unsigned gutter) {
    std::string_view whole = sources.line(file, number);
    auto [from, to] = window(whole, marks);
    DrawnLine source(whole.substr(from, to - from));
    frame(gutter, fmt::format("{:>{}} |{}", number, gutter, source.text.empty() ? "" : " "), true);
    out += fmt::format("{}{}{}\n", from ? "…" : "", source.text, to < whole.size() ? "…" : "");

    std::vector<Drawn> drawn;
    for (const Underline &mark : marks) {
      unsigned dots = from ? 1 : 0;
      unsigned begin = source.column(std::clamp(mark.begin, from, to) - from) + dots;
      unsigned end = source.column(std::clamp(mark.end, from, to) - from) + dots;
      drawn.push_back({begin, std::max(end, begin + 1), mark.main, mark.label});
    }
    std::sort(drawn.begin(), drawn.end(), [](const Drawn &a, const Drawn &b) {
      return a.begin != b.begin ? a.begin < b.begin : a.label < b.label;
    });
    underlines(drawn, gutter);
    labels(drawn, gutter);
  }

  /// The bytes of a line that are shown: all, or of a very long line those around its first underline.
  static std::pair<size_t, size_t> window(std::string_view line, const std::vector<Underline> &marks) {
    if (line.size() <= kLongest)
      return {0, line.size()};
    auto isInside = [&](size_t i) { return i < line.size() && (line[i] & 0xC0) == 0x80; }; // a character
    size_t first = line.size(), last = 0;
    for (const Underline &mark : marks) {
      first = std::min(first, mark.begin);
      last = std::max(last, mark.begin);
    }
    size_t from = last < kLongest * 3 / 4 || first < kLongest / 4 ? 0 : first - kLongest / 4;
    while (from > 0 && isInside(from))
      --from;
    size_t to = std::min(from + kLongest, line.size());
    while (isInside(to))
      ++to;
    return {from, to};
  }

  /// All underlines in one row, the main one over the others, and the rightmost label behind them.
  void underlines(const std::vector<Drawn> &marks, unsigned gutter) {
    unsigned width = 0;
    for (const Drawn &mark : marks)
      width = std::max(width, mark.end);
    std::string row(width, ' ');
    for (bool main : {false, true})
      for (const Drawn &mark : marks)
        if (mark.main == main)
          std::fill(row.begin() + mark.begin, row.begin() + mark.end, main ? '^' : '-');
    frame(gutter, fmt::format("{:>{}} | ", "", gutter), true);
    for (size_t i = 0; i < row.size();) {
      size_t end = std::min(row.find_first_not_of(row[i], i), row.size());
      ink(row[i] == '^' ? Ink::Error : row[i] == '-' ? Ink::Second : Ink::Plain, row.substr(i, end - i));
      i = end;
    }
    if (!marks.back().label.empty()) {
      out += ' ';
      ink(marks.back().main ? Ink::Error : Ink::Second, marks.back().label);
    }
    out += '\n';
  }

  /// Below it the other labels, from right to left, each under its underline.
  void labels(const std::vector<Drawn> &marks, unsigned gutter) {
    for (size_t i = marks.size() - 1; i-- > 0;) {
      if (marks[i].label.empty())
        continue;
      frame(gutter, fmt::format("{:>{}} | ", "", gutter), true);
      unsigned column = 0;
      for (size_t j = 0; j < i; ++j)
        if (!marks[j].label.empty() && marks[j].begin >= column && marks[j].begin < marks[i].begin) {
          out.append(marks[j].begin - column, ' ');
          ink(marks[j].main ? Ink::Error : Ink::Second, "|");
          column = marks[j].begin + 1;
        }
      out.append(marks[i].begin - column, ' ');
      ink(marks[i].main ? Ink::Error : Ink::Second, marks[i].label);
      out += '\n';
    }
  }

  /// What stands left of the text: the number of a line, the bar, the `=` of a note.
  void frame(unsigned gutter, std::string_view text, bool whole = false) {
    ink(Ink::Frame, whole ? std::string(text) : std::string(gutter + 1, ' ') + std::string(text));
  }

  void ink(Ink kind, std::string_view text, bool bold = false) {
    static constexpr std::string_view kCodes[] = {"", "\x1B[1;31m", "\x1B[1;34m", "\x1B[34m", "\x1B[1;32m"};
    std::string_view start = bold ? "\x1B[1m" : kCodes[size_t(kind)];
    if (colour && !start.empty())
      out += fmt::format("{}{}\x1B[0m", start, text);
    else
      out += text;
  }

  const Sources &sources;
  const bool colour;
};

} // namespace

std::string Diagnostics::render(bool colour) const {
  std::vector<const Diagnostic *> sorted;
  for (const Diagnostic &report : reports)
    sorted.push_back(&report);
  std::sort(sorted.begin(), sorted.end(), [](const Diagnostic *a, const Diagnostic *b) {
    // Those at one place stay in the order in which they were found, which is their order in `reports`.
    return std::tie(a->range.file, a->range.begin, a) < std::tie(b->range.file, b->range.begin, b);
  });
  Renderer renderer(sources, colour);
  for (const Diagnostic *report : sorted) {
    if (report != sorted.front())
      renderer.out += '\n';
    renderer.report(*report);
  }
  if (reports.size() == kMostReports)
    renderer.out += fmt::format("\nonly the first {} errors are shown\n", kMostReports);
  return std::move(renderer.out);
}

} // namespace heed
