// Every constraint of heed.index on indices, accesses and sets is named when it is broken.
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
func.func @unread(%x: !x) {
  // expected-error @+1 {{C10: operand 1 is read by no access}}
  %y = "heed.index"(%x, %x) <{accesses = [#heed.access<0, (d0)[s0] -> (d0)>], bounds = [#heed.size<T>], names = ["t"],
      rank = 1 : i64, reduction = #heed<reduction none>, symbols = []}> ({
  ^bb0(%0: f32):
    heed.yield %0 : f32
  }) : (!x, !x) -> !x
  return
}
