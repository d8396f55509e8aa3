/**
 * Where structure cannot prove that a release takes what the one before took, and a person has judged that it does: why, and the places.
 * Generated messages try these as all else. A place that structure proves by now has no business here.
 */
export const judged: Readonly<Record<string, readonly { readonly why: string; readonly places: readonly string[] }[]>> =
  {
    '1.1': [
      {
        why: 'a date became «as exactly as known»: a day, or a day and an hour, is one of its forms',
        places: [
          'case-closure/properties/closedOn/pattern',
          'child-found/properties/foundAt/pattern',
          'definitions/age/properties/asOf/pattern',
          'definitions/ageAssessment/properties/decidedOn/pattern',
          'definitions/dateRange/properties/from/pattern',
          'definitions/dateRange/properties/to/pattern',
          'definitions/report/properties/on/pattern',
          'definitions/childViews/properties/on/pattern',
          'definitions/consent/properties/on/pattern',
          'definitions/attachmentUse/properties/date/pattern',
          'definitions/location/properties/since/pattern',
          'definitions/entry/properties/on/pattern',
          'definitions/flag/properties/on/pattern',
          'definitions/familyContact/properties/on/pattern',
          'definitions/specialistReferral/properties/on/pattern',
          'definitions/childSeen/properties/on/pattern',
          'missing-notification/properties/missingSince/pattern',
          'missing-notification/properties/endedAt/pattern',
          'outcome/properties/asOf/pattern',
          'safeguarding-confirmation/properties/since/pattern',
          'status-check-result/properties/checkedAt/pattern',
        ],
      },
      {
        why: 'the rules of a file name are written without looking ahead: one pattern became four keywords',
        places: [
          'envelope/properties/attachments/items/properties/name/pattern',
          'envelope/properties/attachments/items/properties/name/maxLength',
          'envelope/properties/attachments/items/properties/name/allOf/0 (A file name has no path separator, control character or character that changes the direction of writing)',
          'envelope/properties/attachments/items/properties/name/allOf/1 (A file name is not . or ..)',
        ],
      },
      {
        why: 'a rule has one choice more, or is not asked of what 1.0 could not say (a death, a notice for a referrer)',
        places: [
          'child-found/allOf/0 (Unless the child was found dead: how sure it is the same child)',
          'definitions/childIdentity/allOf/1 (A name, or an entry of absences that says why there is none)',
          'definitions/childReference/allOf/0 (A name, a description or a reference)',
          'missing-notification/allOf/0 (Episode ended: say when)',
          'missing-notification/allOf/1 (For authorities: where last seen, what happened, concerns and reports made)',
          'outcome/allOf/3 (Unless the child has died: whether safe)',
          'safeguarding-confirmation/allOf/5 (Unless the child has died: whether seen, and whether needs are met)',
        ],
      },
    ],
  }
