// Which names an expression mentions, wherever they stand in it.
#pragma once

#include "lang/ast/Ast.h"

#include <set>
#include <string>
#include <vector>

namespace heed {

/// Names in the order in which they occur, each once; those bound inside are included.
std::vector<std::string> namesIn(const ast::Expr &);
/// Names behind dots.
std::set<std::string> membersIn(const ast::Expr &);
bool mentions(const ast::Expr &, const std::set<std::string, std::less<>> &names);

} // namespace heed
