// Compile-time numbers: exact rationals while they fit 64 bits, f64 after that. Rounded once, where they meet data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heed {

class Number {
public:
  Number(int64_t whole = 0) : numerator(whole) {}
  static Number real(double value);
  /// The value of a literal such as `10_000`, `0.5`, `1e-5`; none if it is malformed or too large.
  static std::optional<Number> parse(std::string_view text);

  bool exact() const { return denominator != 0; }
  /// The value, where it is a whole number (reals that are whole and below 2^53 too).
  std::optional<int64_t> whole() const;
  double value() const;
  std::string str() const;

  friend Number operator+(const Number &, const Number &);
  friend Number operator-(const Number &, const Number &);
  friend Number operator*(const Number &, const Number &);
  /// The divisor is not 0.
  friend Number operator/(const Number &, const Number &);
  Number operator-() const { return Number(0) - *this; }
  /// Exact for whole exponents while it fits.
  static Number power(const Number &base, const Number &exponent);
  Number floor() const;
  Number ceil() const;
  /// a - b * floor(a / b)
  static Number remainder(const Number &a, const Number &b);
  /// -1, 0 or 1
  static int compare(const Number &, const Number &);
  bool operator==(const Number &other) const { return compare(*this, other) == 0; }

private:
  static Number ratio(__int128 numerator, __int128 denominator);

  int64_t numerator = 0, denominator = 1; // lowest terms, denominator > 0; 0: not exact
  double approximate = 0;
};

} // namespace heed
