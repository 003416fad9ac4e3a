"""The GS1 application identifiers: every row of the GS1 syntax dictionary, release 2026-01-27, in our own notation.

A row is identifiers, parts, and then:

``req=``   one of these must be there, ``|`` between them and ``+`` where several count only together; may stand twice
``ex=``    none of these may be; ``kin`` is whatever shares the first three digits
``key=``   it heads a Digital Link; the orders of its qualifiers, ``|`` between them
``path``   it may not be a Digital Link's query attribute

Identifiers with like rows are written together: ``31[0-6][0-5]`` is 3100 to 3105, 3110 to 3115 and so on to 3165 (the
last digit of a measure counts its decimals). After ``req=`` and ``ex=``, ``n`` at the end is any digit.

A part is its character set (N digits, X CSET 82, Y CSET 39, Z CSET 64), its length or longest length after ``..``, and
its rules after commas, each explained in ``gs1_rules``; in brackets it may be absent. ``#`` begins a remark.
"""

from typing import Final

ROWS: Final = """
00           N18,csum             key=                                       # shipping container
01           N14,csum             ex=255,37 key=22,10,21|235                 # GTIN
02           N14,csum             req=37 ex=01,03                            # GTIN of what is contained
03           N14,csum             ex=01,02,37 path                           # GTIN of what is made to order
10           X..20                req=01|02|03|8006|8026                     # batch
11           N6,day0              req=01|02|03|8006|8026                     # produced
12           N6,day0              req=8020                                   # payment due
13           N6,day0              req=01|02|03|8006|8026                     # packed
15           N6,day0              req=01|02|03|8006|8026                     # best before
16           N6,day0              req=01|02|03|8006|8026                     # sell by
17           N6,day0              req=01|02|03|255|8006|8026                 # expires
20           N2                   req=01|02|8006|8026                        # variant
21           X..20                req=01|03|8006 ex=235 path                 # serial number
22           X..20                req=01 path                                # variant seen by the consumer
235          X..28                req=01 path                                # serial number of a third party
24[01]       X..30                req=01|02|8006|8026                        # additional, customer's part number
242          N..6                 req=01|02|8006|8026                        # variation made to order
243          X..20                req=01                                     # packaging component
250          X..30                req=01|8006 req=21                         # secondary serial number
251          X..30                req=01|8006                                # made from
253          N13,csum,gcp [X..17] key=                                       # document
254          X..20                req=414 path                               # extension of a location
255          N13,csum,gcp [N..12] ex=01,02,415,8006,8020,8026 key=           # coupon number

30           N..8                 req=01|02                                  # count
31[0-6][0-5] N6                   req=01|02 ex=kin                           # trade measures: kg, m, m2, l, m3
32[0-9][0-5] N6                   req=01|02 ex=kin                           # lb, in, ft, yd
33[0-6][0-5] N6                   req=00|01 ex=kin                           # logistic measures: kg, m, m2, l, m3
337[0-5]     N6                   req=01    ex=kin                           # kg per m2
34[0-9][0-5] N6                   req=00|01 ex=kin                           # lb, in, ft, yd
35[0-2][0-5] N6                   req=01|02 ex=kin                           # trade areas: in2, ft2, yd2
35[3-5][0-5] N6                   req=00|01 ex=kin                           # logistic areas
35[67][0-5]  N6                   req=01|02 ex=kin                           # troy ounces, ounces
36[01][0-5]  N6                   req=01|02 ex=kin                           # trade volumes: quarts, gallons
36[23][0-5]  N6                   req=00|01 ex=kin                           # logistic volumes: quarts, gallons
36[4-6][0-5] N6                   req=01|02 ex=kin                           # trade volumes: in3, ft3, yd3
36[7-9][0-5] N6                   req=00|01 ex=kin                           # logistic volumes: in3, ft3, yd3
37           N..8                 req=00 req=02|8026                         # count of what is contained
390[0-9]     N..15                req=255|8020 ex=kin,391n,394n,8111         # amount due
391[0-9]     N3,currency N..15    req=8020 ex=kin
392[0-9]     N..15                req=01 req=30|31nn|32nn|35nn|36nn ex=kin,393n          # price of a variable measure
393[0-9]     N3,currency N..15    req=30|31nn|32nn|35nn|36nn ex=kin
394[0-3]     N4                   req=255 ex=kin,8111                        # percent off
395[0-5]     N6                   req=30|31nn|32nn|35nn|36nn ex=kin,392n,393n,8005       # price of a unit

400          X..30                                                           # customer's order
401          X..30,gcp            key=                                       # consignment
402          N17,csum,gcp         key=                                       # shipment
403          X..30                req=00                                     # route
41[01236]    N13,csum,gcp                                                    # ship to, bill to, buy from, for, made at
414          N13,csum,gcp         key=254|7040                               # location
415          N13,csum,gcp         req=8020 key=8020                          # invoicing party
417          N13,csum,gcp         key=7040                                   # party
420          X..20                ex=421                                     # ship to postal code
421          N3,country X..9      ex=4307
422          N3,country           req=01|02|8006|8026 ex=426                 # country of origin
42[35]       N3,country [N3],country [N3],country [N3],country [N3],country  req=01|02 ex=426  # processed, taken apart
424          N3,country           req=01|02 ex=426                           # processed in
426          N3,country           req=01|02                                  # wholly processed in
427          X..3                 req=01|02 req=422                          # part of the country of origin
430[01]      X..35,escapes        req=00                                     # ship to: company, name, address
430[2456]    X..70,escapes        req=00
4303         X..70,escapes        req=4302
4307         X2,countryletters    req=00
4308         X..30                req=00
4309         N10,latitude N10,longitude  req=00
431[01]      X..35,escapes        req=00                                     # return to: company, name, address
431[2456]    X..70,escapes        req=00
4313         X..70,escapes        req=4312
4317         X2,countryletters    req=00
4318         X..20                req=00
4319         X..30                req=00
4320         X..35,escapes        req=00                                     # service
432[123]     N1,flag              req=00                                     # dangerous, may be left, to be signed for
432[45]      N6,day0 N4,time      req=00                                     # not before, not after
4326         N6,day               req=00                                     # released
4330         N6 [X1],minus        req=00 ex=4331                             # warmest, in F and C
4331         N6 [X1],minus        req=00 ex=4330
4332         N6 [X1],minus        req=00 ex=4333                             # coldest
4333         N6 [X1],minus        req=00 ex=4332

7001         N13                  req=01|02|8006|8026                        # NATO stock number
7002         X..30                req=01|02                                  # cut of meat
7003         N6,day N4,time       req=01|02                                  # expires at
7004         N..4                 req=01+10                                  # potency
7005         X..12                req=01|02                                  # caught in
7006         N6,day               req=01|02                                  # frozen
7007         N6,day [N6],day      req=01|02                                  # harvested
7008         X..3                 req=01|02                                  # species
7009         X..10                req=01|02                                  # fishing gear
7010         X..2                 req=01|02                                  # production method
7011         N6,day [N4],time     req=01|02                                  # test by
7020         X..20                req=01|8006 req=416                        # refurbished lot
7021         X..20                req=01|8006                                # functional status
7022         X..20                req=7021                                   # revision
7023         X..30,gcp                                                       # assembly
703[0-9]     N3,country999 X..27  req=01|02                                  # processors
7040         N1 X1 X1 X1,importer path                                       # EU unique identification
7041         X..4,packaging       req=00 path                                # kind of freight unit
71[0-7]      X..20                req=01                                     # national healthcare numbers
723[0-9]     X2 X..28             req=01|8004                                # certifications
7240         X..20                req=01|8006                                # protocol
7241         N2,medium            req=8017|8018
7242         X..25                req=8017|8018                              # version
7250         N8,day               req=8018 ex=7251                           # born on, at
7251         N8,day N4,time       req=8018 ex=7250
7252         N1,sex               req=8018
725[34]      X..40,escapes        req=8017|8018 ex=7256,7259                 # family, given name
7255         X..10                req=8017|8018 ex=7256,7259                 # suffix
7256         X..90,escapes        req=8017|8018                              # whole name
7257         X..70,escapes        req=8018                                   # address
7258         X3,row               req=8018+7259                              # which of the births
7259         X..40,escapes        req=8018 ex=7256                           # baby of

8001         N4,some N5,some N3,some N1,winding N1  req=01                   # roll: width, length, core, joints
8002         X..20                                                           # mobile telephone
8003         N1,zero N13,csum,gcp [X..16]  key=                              # returnable asset
8004         X..30,gcp            key=7040                                   # individual asset
8005         N6                   req=01|02                                  # price of a unit
8006         N14,csum N4,pieces   ex=01,37 key=22,10,21                      # piece of a trade item
8007         X..34,iban           req=415                                    # bank account
8008         N6,day N2,hour [N2],sixty [N2],sixty  req=01|02                 # produced at
8009         X..50                req=00|01                                  # sensor
8010         Y..30,gcp            key=8011                                   # component or part
8011         N..12,nozero         req=8010 path
8012         X..20                req=01|8006                                # software version
8013         X..25,pair,gcp       key=                                       # model
8014         X..25,pair,gcp,letter  req=01 path                              # device registration
8017         N18,csum,gcp         ex=8018 key=8019                           # service relation: provider
8018         N18,csum,gcp         ex=8017 key=8019                           # recipient
8019         N..10                req=8017|8018 path
8020         X..25                req=415 path                               # payment slip
8026         N14,csum N4,pieces   req=37 ex=02,8006                          # pieces contained
8030         Z..90                req=00|01+21|253|255|8003|8004|8006+21|8010+8011|8017|8018   # signature
8040         N15                  req=01+21 path                             # telephone: IMEI, second IMEI, eSIM, SIM
8041         N15                  req=01+21+8040 path
8042         N32                  req=01+21+8040 path
8043         N18 [N..2]           req=01+21+8040 path
8110         X..70,coupon                                                    # North American coupons
8111         N4                   req=255                                    # points
8112         X..70,offer
8200         X..70                req=01 path                                # web page
90           X..30                                                           # agreed between partners
9[1-9]       X..90                                                           # a company's own
"""

PREDEFINED_LENGTHS: Final = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16,
    **dict.fromkeys(map(str, range(11, 20)), 8),
    **dict.fromkeys(map(str, range(31, 37)), 10),
}  # fmt: skip
"""Characters of an element, identifier included, that needs no FNC1 after it, by its first two digits.

GS1 General Specifications, "Element strings with predefined length using GS1 Application Identifiers".
"""
