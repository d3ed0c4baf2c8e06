// Draws reports over the lines they are about. Columns in the text are bytes; what is drawn is aligned by the width of
// characters.
#include "lang/diagnostics/Diagnostics.h"

#include "lang/source/Utf8.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace heed {

namespace {

constexpr unsigned kTab = 4;       // a tab is drawn up to the next multiple
constexpr unsigned kNearby = 3;    // marks this many lines away share an excerpt
constexpr unsigned kLongest = 160; // columns of a line that are shown

enum class Ink { Plain, Error, Second, Frame, Help };

/// A line of the source as it is drawn, and the column at which each of its bytes stands.
class DrawnLine {
public:
  explicit DrawnLine(std::string_view line) {
    for (size_t i = 0; i < line.size();) {
      size_t length = characterLength(line.substr(i));
      unsigned width = 1;
      columns.insert(columns.end(), length, static_cast<unsigned>(starts.size()));
      unsigned char c = static_cast<unsigned char>(line[i]);
      if (c == '\t')
        put(" ", width = kTab - starts.size() % kTab);
      else if (c < ' ' || c == 0x7F || (c >= 0x80 && length == 1))
        put("\uFFFD", 1); // a terminal would obey it
      else if ((width = displayWidth(line.substr(i))) > 0)
        put(line.substr(i, length), width);
      else
        text += line.substr(i, length);
      i += length;
    }
    columns.push_back(static_cast<unsigned>(starts.size()));
    starts.push_back(text.size());
  }

  unsigned column(size_t byte) const { return columns[std::min(byte, columns.size() - 1)]; }
  unsigned width() const { return columns.back(); }
  std::string_view cut(unsigned from, unsigned to) const {
    return std::string_view(text).substr(starts[from], starts[std::min(to, width())] - starts[from]);
  }

private:
  /// A character that takes `width` columns; a tab is that many spaces.
  void put(std::string_view character, unsigned width) {
    for (unsigned i = 0; i < width; ++i) {
      starts.push_back(text.size());
      if (i == 0 || character == " ")
        text += character;
    }
  }

  std::string text;
  std::vector<unsigned> columns; // of each byte of the source line
  std::vector<size_t> starts;    // of each column: where it begins in `text`
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

  void line(FileId file, unsigned number, std::vector<Underline> &drawn, unsigned gutter) {
    DrawnLine source(sources.line(file, number));
    // A line that is very long is shown around its first underline.
    auto [leftmost, rightmost] =
        std::minmax_element(drawn.begin(), drawn.end(), [](auto &a, auto &b) { return a.begin < b.begin; });
    unsigned from = 0, to = source.width();
    if (to > kLongest) {
      unsigned first = source.column(leftmost->begin);
      from = source.column(rightmost->begin) < kLongest * 3 / 4 ? 0 : first > kLongest / 4 ? first - kLongest / 4 : 0;
      to = std::min(to, from + kLongest);
    }
    frame(gutter, fmt::format("{:>{}} | ", number, gutter), true);
    out += fmt::format("{}{}{}\n", from ? "…" : "", source.cut(from, to), to < source.width() ? "…" : "");

    struct Drawn {
      unsigned begin, end;
      bool main;
      std::string_view label;
    };
    std::vector<Drawn> marks;
    for (const Underline &mark : drawn) {
      unsigned shift = from ? 1 : 0; // the dots before a line that was cut
      unsigned begin = std::clamp(source.column(mark.begin), from, to) - from + shift;
      unsigned end = std::clamp(source.column(mark.end), from, to) - from + shift;
      marks.push_back({begin, std::max(end, begin + 1), mark.main, mark.label});
    }
    std::sort(marks.begin(), marks.end(), [](const Drawn &a, const Drawn &b) {
      return a.begin != b.begin ? a.begin < b.begin : a.label < b.label;
    });

    // All underlines in one row, the main one over the others, and the rightmost label behind them …
    std::string row(std::max_element(marks.begin(), marks.end(), [](auto &a, auto &b) { return a.end < b.end; })->end,
                    ' ');
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
    if (!marks.back().label.empty())
      out += " ", ink(marks.back().main ? Ink::Error : Ink::Second, marks.back().label);
    out += '\n';

    // … and below it the other labels, from right to left, each under its underline.
    for (size_t i = marks.size() - 1; i-- > 0;) {
      if (marks[i].label.empty())
        continue;
      frame(gutter, fmt::format("{:>{}} | ", "", gutter), true);
      unsigned column = 0;
      for (size_t j = 0; j < i; ++j)
        if (!marks[j].label.empty() && marks[j].begin >= column && marks[j].begin < marks[i].begin) {
          out += std::string(marks[j].begin - column, ' ');
          ink(marks[j].main ? Ink::Error : Ink::Second, "|");
          column = marks[j].begin + 1;
        }
      out += std::string(marks[i].begin - column, ' ');
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
