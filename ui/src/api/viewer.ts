import { SessionFields } from './fragments.ts'
import { graphql } from './graphql.ts'

const ViewerFields = graphql(
  `
    fragment ViewerFields on Viewer {
      operator {
        id
        uuid
        name
        email
        roles
      }
      permissions
      impersonation {
        ...SessionFields
      }
    }
  `,
  [SessionFields],
)

export const ViewerQuery = graphql(
  `
    query Viewer {
      viewer {
        ...ViewerFields
      }
    }
  `,
  [ViewerFields],
)

/** Oneself: told anew whenever a role comes or goes, or the session in this browser does. */
export const ViewerEvents = graphql(
  `
    subscription ViewerEvents {
      viewer {
        change
        at
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)
