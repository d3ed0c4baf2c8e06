// A program in its one style: two spaces, 120 columns, a bracket with a trailing comma one item a line, `=` and `:`
// aligned in runs. In: the tree of a file without errors. Out: its text. Where lines break is left to the writer; every
// comment is kept.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/diagnostics/Diagnostics.h"
#include "lang/source/Source.h"

#include <string>

namespace heed {

/// The formatted text; the text as it is if there are errors. Formatting twice changes nothing more.
std::string format(const ast::File &, const Sources &, Diagnostics &);

} // namespace heed
