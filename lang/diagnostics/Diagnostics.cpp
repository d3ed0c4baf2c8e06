// The registry of kinds, and the collection of reports. Drawing is in Render.cpp.
#include "lang/diagnostics/Diagnostics.h"

#include "lang/diagnostics/Pages.h"

#include <algorithm>
#include <charconv>

namespace heed {

namespace {

struct Entry {
  Kind kind;
  std::string_view title;
};

constexpr Entry kEntries[] = {
#define HEED_DIAGNOSTIC(name, number, title) {Kind::name, title},
#include "lang/diagnostics/Diagnostics.def"
};

} // namespace

std::string code(Kind kind) { return fmt::format("E{:04}", static_cast<int>(kind)); }

std::optional<Kind> kindOf(std::string_view code) {
  if (code.starts_with('E') || code.starts_with('e'))
    code.remove_prefix(1);
  int number = 0;
  auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  if (error != std::errc() || end != code.data() + code.size())
    return std::nullopt;
  for (const Entry &entry : kEntries)
    if (static_cast<int>(entry.kind) == number)
      return entry.kind;
  return std::nullopt;
}

std::string_view title(Kind kind) {
  for (const Entry &entry : kEntries)
    if (entry.kind == kind)
      return entry.title;
  return {};
}

std::vector<Kind> allKinds() {
  std::vector<Kind> kinds;
  for (const Entry &entry : kEntries)
    kinds.push_back(entry.kind);
  return kinds;
}

std::string explain(Kind kind) {
  std::string_view page = pageOf(static_cast<int>(kind));
  return fmt::format("{}: {}\n\n{}", code(kind), title(kind), page);
}

Diagnostic &Diagnostics::add(Diagnostic report) {
  ++tried;
  auto same = [&](const Diagnostic &other) { return other.kind == report.kind && other.range == report.range; };
  if (reports.size() == kMostReports || std::any_of(reports.begin(), reports.end(), same))
    return duplicate = std::move(report);
  reports.push_back(std::move(report));
  return reports.back();
}

// ---- names ----

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); letters of another case
/// count half. Distances are doubled to stay whole.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> older(b.size() + 1), old(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    old[j] = 2 * j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = 2 * i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = a[i - 1] == b[j - 1] ? 0 : lower(a[i - 1]) == lower(b[j - 1]) ? 1 : 2;
      row[j] = std::min({old[j] + 2, row[j - 1] + 2, old[j - 1] + replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], older[j - 2] + 2);
    }
    std::swap(older, old);
    std::swap(old, row);
  }
  return old[b.size()];
}

} // namespace

std::string nearest(std::string_view name, const std::vector<std::string> &known) {
  // One slip in three letters, and none in a name so short that any other would be near.
  size_t allowed = name.size() < 3 ? 1 : 2 * std::max<size_t>(1, name.size() / 3);
  std::string_view best;
  for (const std::string &candidate : known) {
    size_t shorter = std::min(candidate.size(), name.size()), longer = std::max(candidate.size(), name.size());
    if (candidate == name || 2 * (longer - shorter) > allowed)
      continue;
    size_t found = distance(name, candidate);
    if (found <= allowed && !candidate.empty()) {
      if (found == allowed && !best.empty())
        continue;
      best = candidate;
      allowed = found;
    }
  }
  return std::string(best);
}

std::vector<std::string> nearestFirst(std::string_view name, std::vector<std::string> known) {
  std::sort(known.begin(), known.end());
  std::stable_sort(known.begin(), known.end(),
                   [&](const std::string &a, const std::string &b) { return distance(name, a) < distance(name, b); });
  return known;
}

} // namespace heed
