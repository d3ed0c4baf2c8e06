// Sizes as text and back: what messages show and what attributes keep. In: a polynomial or a spelling. Out: the other.
#include "lang/check/SizeExpr.h"

#include <fmt/format.h>

#include <charconv>

namespace heed {

// ---- writing ------------------------------------------------------------------------------------------------------

namespace {
using Atom = SizeExpr::Atom;

const std::pair<Atom, std::string_view> kFunctions[] = {
    {Atom::Floor, "floor"}, {Atom::Ceil, "ceil"}, {Atom::Min, "min"}, {Atom::Max, "max"}, {Atom::Mod, "mod"}};

bool isQuotient(Atom kind) { return kind == Atom::Floor || kind == Atom::Ceil; }

/// In brackets unless it is one number or one atom.
std::string operand(const SizeExpr &e) {
  const auto &terms = e.terms();
  bool single = terms.empty() || (terms.size() == 1 && terms[0].factors.empty() && terms[0].coefficient >= 0) ||
                (terms.size() == 1 && terms[0].coefficient == 1 && terms[0].factors.size() == 1 &&
                 terms[0].factors[0].power == 1);
  return single ? e.str() : "(" + e.str() + ")";
}

std::string spell(const SizeExpr::AtomNode &atom) {
  if (atom.kind == Atom::Symbol)
    return atom.name;
  std::string_view function;
  for (auto [kind, name] : kFunctions)
    if (kind == atom.kind)
      function = name;
  if (!isQuotient(atom.kind))
    return fmt::format("{}({}, {})", function, atom.a->str(), atom.b->str());
  std::string numerator = atom.a->terms().size() > 1 ? operand(*atom.a) : atom.a->str();
  return fmt::format("{}({}/{})", function, numerator, operand(*atom.b));
}

/// Without its sign.
std::string spell(const SizeExpr::Term &term) {
  uint64_t size = term.coefficient < 0 ? -uint64_t(term.coefficient) : uint64_t(term.coefficient);
  std::string text = size == 1 && !term.factors.empty() ? "" : fmt::format("{}", size);
  for (const SizeExpr::Factor &f : term.factors) {
    text += fmt::format("{}{}", text.empty() ? "" : "*", spell(*f.atom));
    if (f.power > 1)
      text += fmt::format("^{}", f.power);
  }
  return text;
}
} // namespace

std::string SizeExpr::str() const {
  if (terms().empty())
    return "0";
  // "T - J" reads better than "-J + T".
  auto lead = std::find_if(terms().begin(), terms().end(), [](const Term &t) { return t.coefficient > 0; });
  if (lead == terms().end())
    lead = terms().begin();
  std::string text = (lead->coefficient < 0 ? "-" : "") + spell(*lead);
  for (auto t = terms().begin(); t != terms().end(); ++t)
    if (t != lead)
      text += (t->coefficient < 0 ? " - " : " + ") + spell(*t);
  return text;
}

// ---- reading ------------------------------------------------------------------------------------------------------

namespace {
/// sum = product { ("+" | "-") product } ; product = power { "*" power } ; power = ["-"] primary ["^" number] ;
/// primary = number | name | function "(" … ")" | "(" sum ")" ; names are letters, digits and `_ . $ '`.
class SizeParser {
public:
  explicit SizeParser(std::string_view text) : rest(text) {}

  std::optional<SizeExpr> whole() {
    std::optional<SizeExpr> e = sum();
    skipSpace();
    return e && rest.empty() ? e : std::nullopt;
  }

private:
  void skipSpace() {
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t'))
      rest.remove_prefix(1);
  }
  bool take(char c) {
    skipSpace();
    if (rest.empty() || rest[0] != c)
      return false;
    rest.remove_prefix(1);
    return true;
  }
  static bool inName(char c) { return std::isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$' || c == '\''; }

  std::optional<SizeExpr> sum() {
    std::optional<SizeExpr> total = product();
    while (total) {
      bool minus = !take('+');
      if (minus && !take('-'))
        break;
      std::optional<SizeExpr> next = product();
      if (!next)
        return std::nullopt;
      total = minus ? *total - *next : *total + *next;
    }
    return total;
  }

  std::optional<SizeExpr> product() {
    std::optional<SizeExpr> total = power();
    while (total && take('*')) {
      std::optional<SizeExpr> next = power();
      if (!next)
        return std::nullopt;
      total = *total * *next;
    }
    return total;
  }

  std::optional<SizeExpr> power() {
    if (take('-')) {
      std::optional<SizeExpr> e = power();
      return e ? std::optional(-*e) : std::nullopt;
    }
    std::optional<SizeExpr> base = primary();
    if (!base || !take('^'))
      return base;
    std::optional<int64_t> exponent = number();
    if (!exponent || *exponent > kLargestPower)
      return std::nullopt;
    SizeExpr result = 1;
    for (int64_t n = 0; n < *exponent; ++n)
      result = result * *base;
    return result;
  }

  std::optional<int64_t> number() {
    skipSpace();
    int64_t value = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc() || value < 0)
      return std::nullopt;
    rest.remove_prefix(end - rest.data());
    return value;
  }

  std::optional<SizeExpr> primary() {
    skipSpace();
    if (take('(')) {
      std::optional<SizeExpr> e = sum();
      return e && take(')') ? e : std::nullopt;
    }
    if (!rest.empty() && std::isdigit((unsigned char)rest[0])) {
      std::optional<int64_t> n = number();
      return n ? std::optional(SizeExpr(*n)) : std::nullopt;
    }
    size_t length = 0;
    while (length < rest.size() && inName(rest[length]))
      ++length;
    std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    if (name.empty())
      return std::nullopt;
    return take('(') ? call(name) : std::optional(SizeExpr::symbol(name));
  }

  std::optional<SizeExpr> call(std::string_view name) {
    for (auto [kind, function] : kFunctions) {
      if (function != name)
        continue;
      std::optional<SizeExpr> a = isQuotient(kind) ? product() : sum();
      if (!a || !take(isQuotient(kind) ? '/' : ','))
        return std::nullopt;
      std::optional<SizeExpr> b = isQuotient(kind) ? power() : sum();
      if (!b || !take(')'))
        return std::nullopt;
      return SizeExpr::apply(kind, *a, *b);
    }
    return std::nullopt;
  }

  static constexpr int64_t kLargestPower = 64;
  std::string_view rest;
};
} // namespace

std::optional<SizeExpr> SizeExpr::parse(std::string_view text) { return SizeParser(text).whole(); }

} // namespace heed
