// A second meaning of checked expressions: the formulas evaluated as they are written, node by node, without IR. In: an
// expression, values of its indices, arrays of what it reads. Out: a number (integers and booleans as whole ones).
#pragma once

#include "Doctest.h"
#include "Program.h"

#include "compiler/interpret/Array.h"

#include <cmath>
#include <limits>
#include <map>

namespace heed::test {

struct PlainEvaluation {
  std::map<std::string, int64_t> sizes;
  std::map<const Tensor *, Array> arrays;
  std::map<const IndexVar *, int64_t> at = {};

  int64_t size(const SizeExpr &s) const {
    return *s.evaluate([&](std::string_view name) { return std::optional(sizes.at(std::string(name))); });
  }

  /// Every point of these indices, row-major.
  template <typename Body>
  void forAll(const std::vector<const IndexVar *> &indices, const Body &body, size_t from = 0) {
    if (from == indices.size())
      return body();
    for (int64_t i = 0, end = size(indices[from]->bound); i != end; ++i) {
      at[indices[from]] = i;
      forAll(indices, body, from + 1);
    }
  }

  double operator()(const Expr *e) {
    switch (e->kind) {
    case Expr::Kind::Number:
      return e->number;
    case Expr::Kind::Index:
      return double(at.at(e->index));
    case Expr::Kind::Size:
      return double(size(e->size));
    case Expr::Kind::Read:
      return read(e);
    case Expr::Kind::Apply:
      return apply(e);
    case Expr::Kind::Select:
      return (*this)((*this)(e->operands[0]) != 0 ? e->operands[1] : e->operands[2]);
    case Expr::Kind::Cast:
    case Expr::Kind::Stop:
      return (*this)(e->operands[0]);
    case Expr::Kind::Reduce:
      return reduce(e);
    case Expr::Kind::Attend:
      return attend(e);
    case Expr::Kind::Draw:
      break;
    }
    FAIL("no meaning here");
    return 0;
  }

private:
  double read(const Expr *e) {
    for (const Expr *guard : e->guards)
      if ((*this)(guard) == 0)
        return 0;
    const Array &array = arrays.at(e->tensor);
    int64_t place = 0;
    for (size_t axis = 0; axis != e->operands.size(); ++axis) {
      int64_t position = int64_t((*this)(e->operands[axis]));
      REQUIRE(position >= 0);
      REQUIRE(position < array.shape[axis]);
      place = place * array.shape[axis] + position;
    }
    return array.real(place);
  }

  double apply(const Expr *e) {
    double a = (*this)(e->operands[0]);
    if (e->op == ScalarOp::And && a == 0)
      return 0;
    if (e->op == ScalarOp::Or && a != 0)
      return 1;
    double b = e->operands.size() == 2 ? (*this)(e->operands[1]) : 0;
    switch (e->op) {
    case ScalarOp::Add:
      return a + b;
    case ScalarOp::Subtract:
      return a - b;
    case ScalarOp::Multiply:
      return a * b;
    case ScalarOp::FloorDivide:
      return std::floor(a / b);
    case ScalarOp::Remainder:
      return a - b * std::floor(a / b);
    case ScalarOp::Min:
      return std::min(a, b);
    case ScalarOp::Max:
      return std::max(a, b);
    case ScalarOp::Negate:
      return -a;
    case ScalarOp::Abs:
      return std::abs(a);
    case ScalarOp::Tanh:
      return std::tanh(a);
    case ScalarOp::Sigmoid:
      return 1 / (1 + std::exp(-a));
    case ScalarOp::Equal:
      return a == b;
    case ScalarOp::NotEqual:
      return a != b;
    case ScalarOp::Less:
      return a < b;
    case ScalarOp::LessEqual:
      return a <= b;
    case ScalarOp::And:
    case ScalarOp::Or:
      return b != 0;
    case ScalarOp::Not:
      return a == 0;
    default:
      FAIL("no meaning here");
      return 0;
    }
  }

  double reduce(const Expr *e) {
    std::vector<double> left;
    forAll(e->indices, [&] {
      if (!e->where || (*this)(e->where) != 0)
        left.push_back((*this)(e->body));
    });
    double sum = 0, product = 1, greatest = -INFINITY, least = INFINITY;
    for (double x : left)
      sum += x, product *= x, greatest = std::max(greatest, x), least = std::min(least, x);
    switch (e->reduction) {
    case checked::Reduction::Sum:
      return sum;
    case checked::Reduction::Prod:
      return product;
    case checked::Reduction::Max:
      return greatest;
    case checked::Reduction::Min:
      return least;
    case checked::Reduction::Any:
      return !left.empty() && greatest != 0;
    case checked::Reduction::All:
      return left.empty() || least != 0;
    case checked::Reduction::Logsumexp: {
      double total = 0;
      for (double x : left)
        total += std::exp(x);
      return std::log(total);
    }
    case checked::Reduction::Argmax:
      break;
    }
    FAIL("no meaning here");
    return 0;
  }

  /// With softmax, as ProgramBuilder::attend makes it.
  double attend(const Expr *e) {
    double total = 0, sum = 0;
    forAll(e->indices, [&] {
      if (e->where && (*this)(e->where) == 0)
        return;
      double weight = std::exp((*this)(e->body));
      total += weight;
      sum += weight * (*this)(e->value);
    });
    return total == 0 ? 0 : sum / total;
  }
};

} // namespace heed::test
