// Every constraint of heed.index is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @twice(%x: !x) {
  // expected-error @+1 {{C1: two indices are called "t"}}
  %y = heed.index none [t < T, t < 8] (%x[t, t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @reduces(%x: !x) {
  // expected-error @+1 {{C1: `none` reduces nothing, but 1 indices are no result axes}}
  %y = heed.index none [t < T | i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<?xf32, #heed.axes<T>>
  return
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @rank(%x: !x) {
  // expected-error @+1 {{C2: access 0 has 1 results, but its operand has 2 axes}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<?xf32, #heed.axes<T>>
  return
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @dims(%x: !x) {
  // expected-error @+1 {{C2: access 0 has 3 dims, but 2 indices are in force}}
  %y = heed.index none [t < T, i < 8] within [b] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> !x
  return
}

// -----

!ids = tensor<?xi32, #heed.axes<T>>
func.func @later(%ids: !ids) {
  // expected-error @+1 {{C3: access 0 uses the data of access 1, which is not read yet}}
  %y = heed.index none [t < T] (%ids[data$1], %ids[t]) {
  ^bb0(%0: i64, %1: i64):
    heed.yield %0 : i64
  } : (!ids) -> !ids
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @real(%x: !x) {
  // expected-error @+1 {{C3: data of access 0 is 'f32', no integer}}
  %y = heed.index none [t < T] (%x[t], %x[data$0]) {
  ^bb0(%0: f32, %1: f32):
    heed.yield %0 : f32
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xi32, #heed.axes<T>>
func.func @argument(%x: !x) {
  // expected-error @+1 {{C4: number 0 of the region arguments has type 'i32', of the accesses 'i64'}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: i32):
    %1 = arith.constant 0 : i64
    heed.yield %1 : i64
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xbf16, #heed.axes<T>>
func.func @yield(%x: !x) {
  // expected-error @+1 {{C5: the region yields 'i64', but an element of the result is 'f32'}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    %1 = arith.constant 0 : i64
    heed.yield %1 : i64
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @condition(%x: !x) {
  // expected-error @+1 {{C5: the region yields the element, then at most an i1}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0, %0 : f32, f32
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @axes(%x: !x) {
  // expected-error @+1 {{C6: a result has type 'tensor<?xf32, #heed.axes<B>>', its axes make it 'tensor<?xf32, #heed.axes<T>>'}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<?xf32, #heed.axes<B>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @scalar(%x: !x) {
  // expected-error @+1 {{C6: a scalar result needs enclosing indices}}
  %y = heed.index sum [| t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> f32
  return
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @argmax(%x: !x) {
  // expected-error @+1 {{C7: 1 results, not 2}}
  %y = heed.index argmax [| t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<i32, #heed.axes<>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @position(%x: !x) {
  // expected-error @+1 {{C7: argmax gives i32 or i64, not 'f32'}}
  %y = heed.index argmax [| t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<f32, #heed.axes<>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @sets(%x: !x) {
  // expected-error @+1 {{C8: `where` has 2 dims and 1 symbols, not 1 and 1}}
  %y = "heed.index"(%x) <{accesses = [#heed.access<0, (d0)[s0] -> (d0)>], bounds = [#heed.size<T>], names = ["t"],
      rank = 1 : i64, reduction = #heed<reduction none>, symbols = [], where = #heed.condition<(d0, d1)[s0] : (d0)>}> ({
  ^bb0(%0: f32):
    heed.yield %0 : f32
  }) : (!x) -> !x
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
heed.model @M digest "" precision "f32" {
  heed.entry @f(%x: !x {heed.input = "x"}) -> () attributes {sizes = ["T"]} {
    // expected-error @+1 {{C9: size `B` is none of the entry's}}
    %y = heed.index sum [t < T | b < B] (%x[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!x) -> !x
    heed.return
  }
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @unread(%x: !x) {
  // expected-error @+1 {{C10: operand 1 is read by no access}}
  %y = "heed.index"(%x, %x) <{accesses = [#heed.access<0, (d0)[s0] -> (d0)>], bounds = [#heed.size<T>], names = ["t"],
      rank = 1 : i64, reduction = #heed<reduction none>, symbols = []}> ({
  ^bb0(%0: f32):
    heed.yield %0 : f32
  }) : (!x, !x) -> !x
  return
}

// -----

func.func @at() {
  %y = heed.index none [t < T] () {
    // expected-error @+1 {{'heed.at' op C1: index 1 of 1}}
    %0 = heed.at 1 : i64
    heed.yield %0 : i64
  } : () -> tensor<?xi32, #heed.axes<T>>
  return
}

// -----

// What the text itself refuses.

func.func @unknown(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{unknown index or size 'j'}}
  %y = heed.index none [i < 8] (%x[j]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @product(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{expected a constant factor}}
  %y = heed.index none [i < 8] (%x[i * i]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @divisor(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{expected a positive constant divisor}}
  %y = heed.index none [i < 8] (%x[i mod 0]) {
  } : (tensor<8xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

// A type whose shape and axes disagree has no named axes.

func.func @shape(%x: tensor<?xf32, #heed.axes<8>>) {
  // expected-error @+1 {{must be variadic of a ranked tensor whose axes are named}}
  %y = heed.index none [i < 8] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<8>>) -> tensor<8xf32, #heed.axes<8>>
  return
}

// -----

func.func @data(%x: tensor<8xi32, #heed.axes<8>>) {
  // expected-error @+1 {{unknown `data$1` of 1 accesses}}
  %y = heed.index none [i < 8] where (data$1 > 0) (%x[i]) {
  } : (tensor<8xi32, #heed.axes<8>>) -> tensor<8xi32, #heed.axes<8>>
  return
}
