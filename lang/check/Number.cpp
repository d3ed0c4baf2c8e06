#include "lang/check/Number.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace heed {

namespace {
using Wide = __int128;

Wide gcd(Wide a, Wide b) {
  if (a < 0)
    a = -a;
  if (b < 0)
    b = -b;
  while (b != 0) {
    Wide r = a % b;
    a = b, b = r;
  }
  return a;
}
bool fits(Wide x) { return x >= std::numeric_limits<int64_t>::min() && x <= std::numeric_limits<int64_t>::max(); }
} // namespace

Number Number::real(double value) {
  Number n;
  n.denominator = 0;
  n.approximate = value;
  return n;
}

Number Number::ratio(Wide numerator, Wide denominator) {
  if (denominator < 0)
    numerator = -numerator, denominator = -denominator;
  Wide g = gcd(numerator, denominator);
  if (g > 1)
    numerator /= g, denominator /= g;
  if (!fits(numerator) || !fits(denominator))
    return real(static_cast<double>(numerator) / static_cast<double>(denominator));
  Number n;
  n.numerator = static_cast<int64_t>(numerator), n.denominator = static_cast<int64_t>(denominator);
  return n;
}

std::optional<Number> Number::parse(std::string_view text) {
  std::string digits;
  int64_t scale = 0; // power of ten
  bool point = false, fitsExactly = true;
  Wide mantissa = 0;
  size_t at = 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    char c = text[at];
    if (c == '_')
      continue;
    digits += c;
    if (c == '.') {
      point = true;
      continue;
    }
    if (c < '0' || c > '9')
      return std::nullopt;
    if (mantissa > (Wide(1) << 100))
      fitsExactly = false;
    else
      mantissa = mantissa * 10 + (c - '0');
    if (point)
      --scale;
  }
  if (at < text.size()) {
    bool negative = false;
    int64_t exponent = 0;
    digits += 'e';
    for (++at; at < text.size(); ++at) {
      char c = text[at];
      digits += c;
      if (c == '-' || c == '+')
        negative = c == '-';
      else if (c < '0' || c > '9' || exponent > 100000)
        return std::nullopt;
      else
        exponent = exponent * 10 + (c - '0');
    }
    scale += negative ? -exponent : exponent;
  }
  Wide power = 1;
  for (int64_t i = 0; fitsExactly && i < std::abs(scale); ++i) {
    power *= 10;
    fitsExactly = power < (Wide(1) << 100) && i < 30;
  }
  if (fitsExactly && scale >= 0)
    fitsExactly = mantissa == 0 || power <= (Wide(1) << 120) / (mantissa + 1);
  if (fitsExactly)
    return scale >= 0 ? ratio(mantissa * power, 1) : ratio(mantissa, power);
  double value = std::strtod(digits.c_str(), nullptr);
  if (!std::isfinite(value))
    return std::nullopt;
  return real(value);
}

std::optional<int64_t> Number::whole() const {
  if (exact())
    return denominator == 1 ? std::optional(numerator) : std::nullopt;
  if (approximate == std::floor(approximate) && std::abs(approximate) < 9007199254740992.0)
    return static_cast<int64_t>(approximate);
  return std::nullopt;
}

double Number::value() const {
  return exact() ? static_cast<double>(numerator) / static_cast<double>(denominator) : approximate;
}

std::string Number::str() const {
  if (auto n = whole())
    return fmt::format("{}", *n);
  return fmt::format("{}", value());
}

Number operator+(const Number &a, const Number &b) {
  if (!a.exact() || !b.exact())
    return Number::real(a.value() + b.value());
  return Number::ratio(Wide(a.numerator) * b.denominator + Wide(b.numerator) * a.denominator,
                       Wide(a.denominator) * b.denominator);
}
Number operator-(const Number &a, const Number &b) {
  if (!a.exact() || !b.exact())
    return Number::real(a.value() - b.value());
  return Number::ratio(Wide(a.numerator) * b.denominator - Wide(b.numerator) * a.denominator,
                       Wide(a.denominator) * b.denominator);
}
Number operator*(const Number &a, const Number &b) {
  if (!a.exact() || !b.exact())
    return Number::real(a.value() * b.value());
  return Number::ratio(Wide(a.numerator) * b.numerator, Wide(a.denominator) * b.denominator);
}
Number operator/(const Number &a, const Number &b) {
  if (!a.exact() || !b.exact())
    return Number::real(a.value() / b.value());
  return Number::ratio(Wide(a.numerator) * b.denominator, Wide(a.denominator) * b.numerator);
}

Number Number::power(const Number &base, const Number &exponent) {
  auto n = exponent.whole();
  if (!n || !base.exact() || std::abs(*n) > 64 || (base.numerator == 0 && *n < 0))
    return real(std::pow(base.value(), exponent.value()));
  Number result = 1;
  for (int64_t i = 0; i < std::abs(*n); ++i)
    result = result * base;
  return *n < 0 ? Number(1) / result : result;
}

Number Number::floor() const {
  if (!exact())
    return real(std::floor(approximate));
  int64_t q = numerator / denominator;
  return numerator % denominator < 0 ? q - 1 : q;
}
Number Number::ceil() const { return -(-*this).floor(); }

Number Number::remainder(const Number &a, const Number &b) { return a - b * (a / b).floor(); }

int Number::compare(const Number &a, const Number &b) {
  if (a.exact() && b.exact()) {
    Wide x = Wide(a.numerator) * b.denominator, y = Wide(b.numerator) * a.denominator;
    return x < y ? -1 : x > y;
  }
  double x = a.value(), y = b.value();
  return x < y ? -1 : x > y;
}

} // namespace heed
