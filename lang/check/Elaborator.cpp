// The entry of the checker, and where its errors are reported.
#include "lang/check/Elaborator.h"

namespace heed {

std::unique_ptr<checked::Program> check(Sources &sources, const Package &package, const CheckOptions &options,
                                        Diagnostics &diagnostics) {
  auto program = Elaborator(sources, package, options, diagnostics).run();
  if (program)
    program->digest = digestOf(sources, package);
  return program;
}

/// FNV-1a, 64 bits, over the names and texts of all files: tells two sources apart, and protects from nothing.
std::string digestOf(const Sources &sources, const Package &package) {
  uint64_t hash = 14695981039346656037ull;
  auto add = [&](std::string_view text) {
    for (unsigned char c : text)
      hash = (hash ^ c) * 1099511628211ull;
    hash = (hash ^ 0xff) * 1099511628211ull;
  };
  for (const auto &file : package.files)
    add(sources.text(file->id));
  return fmt::format("{:016x}", hash);
}

Elaborator::Elaborator(Sources &sources, const Package &package, const CheckOptions &options, Diagnostics &diagnostics)
    : sources(sources), package(package), options(options), diagnostics(diagnostics),
      program(std::make_unique<checked::Program>()), make(*program) {}

bool Elaborator::inLibrary(Range range) const {
  for (const auto &file : package.files)
    if (file->id == range.file)
      return file->library;
  return false;
}

/// Where a person can mend the fault: for one inside the standard library, the call that led there.
Range Elaborator::mendable(Range range) const {
  if (!inLibrary(range))
    return range;
  for (size_t i = calls.size(); i-- > 0;)
    if (!inLibrary(calls[i].range))
      return calls[i].range;
  return range;
}

/// Adds the line inside, and the call that led to it: unless it shows already, or is the head of an entry.
Diagnostic &Elaborator::placed(Diagnostic &report, Range range) const {
  if (Range shown = mendable(range); !(shown == range))
    report.note(range, "inside the standard library, here");
  else if (calls.size() > (body ? 1 : 0) && !inLibrary(calls.back().range) && !calls.back().range.contains(range) &&
           !(calls.back().range == modelCall))
    report.note(calls.back().range, "in this call");
  return report;
}

Diagnostic &Elaborator::notWhole(Kind kind, Range range, std::string_view what, const Value &value) {
  if (!value.uneven.empty())
    return fault(Kind::NotDivisible, range, "{}", value.uneven).labelled(fmt::format("{} is a whole number", what));
  if (value.data() && checked::isInteger(value.data()->element))
    return fault(kind, range, "{} is known when compiling or from shapes, and this is data: {}", what, describe(value));
  Diagnostic &report = fault(kind, range, "{} is a whole number, and this is {}", what, describe(value));
  if (value.as<Number>())
    report.helped("`floor(…)` or `ceil(…)` makes it whole");
  return report;
}

Value Elaborator::notYet(Range range, std::string_view what) {
  fault(Kind::NotYet, range, "{} is not compiled yet", what);
  return {};
}

} // namespace heed
