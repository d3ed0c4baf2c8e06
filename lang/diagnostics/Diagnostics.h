// What is told to a person about a file: kinds with a name and a number (Diagnostics.def), reports, and their
// rendering. A diagnostic is worded where it is found; this room only collects, sorts and draws.
#pragma once

#include "lang/source/Source.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace heed {

/// One kind of error: E0207 AxisMismatch.
enum class Kind {
#define HEED_DIAGNOSTIC(name, number, title) name = number,
#include "lang/diagnostics/Diagnostics.def"
};

/// "E0207".
std::string code(Kind);
/// The kind named by "E0207", "e0207" or "207"; none if there is no such kind.
std::optional<Kind> kindOf(std::string_view code);
/// The line of Diagnostics.def that says what the kind is about.
std::string_view title(Kind);
std::vector<Kind> allKinds();
/// The page that `heed explain` prints: what is wrong, an example, its mend.
std::string explain(Kind);

/// A second place that the report points at: drawn in the same excerpt when it lies on a nearby line, else as a note.
struct Mark {
  Range range;
  std::string text;
};

struct Diagnostic {
  Kind kind;
  Range range;         // the smallest that shows the fault
  std::string message; // states, lower case, no final stop, code in backticks
  std::string label;   // beside the underline; may be empty
  std::vector<Mark> marks;
  std::vector<Mark> notes; // other places, such as a line inside a library function, or the calls that led here
  std::string help;        // suggests; may be empty

  Diagnostic &labelled(std::string text) { return label = std::move(text), *this; }
  Diagnostic &mark(Range at, std::string text) { return marks.push_back({at, std::move(text)}), *this; }
  Diagnostic &note(Range at, std::string text) { return notes.push_back({at, std::move(text)}), *this; }
  Diagnostic &helped(std::string text) { return help = std::move(text), *this; }
};

/// Collects the errors of one run. The same kind at the same range is kept once, and no more than a person would read.
class Diagnostics {
public:
  static constexpr size_t kMostReports = 200;

  explicit Diagnostics(const Sources &sources) : sources(sources) {}

  template <typename... Args>
  Diagnostic &error(Kind kind, Range range, fmt::format_string<Args...> text, Args &&...args) {
    return add({kind, range, fmt::format(text, std::forward<Args>(args)...)});
  }
  /// Tells what was found in a trial.
  void repeat(Diagnostic found) { add(std::move(found)); }
  bool any() const { return !reports.empty(); }
  size_t count() const { return reports.size(); }
  /// How often something was reported, repetitions too: tells whether anything went wrong since.
  size_t attempts() const { return tried; }
  const std::vector<Diagnostic> &all() const { return reports; }
  void clear() { reports.clear(); }
  /// Takes back what was reported after the first `count` reports (for a trial that may fail).
  void truncate(size_t count) { reports.erase(reports.begin() + count, reports.end()); }

  /// All reports in source order, in the form of the house style, with colour if asked.
  std::string render(bool colour = false) const;

private:
  Diagnostic &add(Diagnostic);

  const Sources &sources;
  std::vector<Diagnostic> reports;
  size_t tried = 0;
  Diagnostic duplicate{}; // where a repeated report's labels go to be forgotten
};

/// The name among `known` that a person most likely meant, by edit distance; empty if none is near.
std::string nearest(std::string_view name, const std::vector<std::string> &known);
/// All that are known, those first that are spelled most alike.
std::vector<std::string> nearestFirst(std::string_view name, std::vector<std::string> known);

} // namespace heed
