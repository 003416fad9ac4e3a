/* What the pages of one's own pictures do beyond paper. Every page works without it. */
"use strict";
